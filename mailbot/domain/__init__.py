"""The trade, pure: who may do what to a question, and what then happens."""
