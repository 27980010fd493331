"""Mail, pure: envelopes, messages, what a person wrote, how sure we are who it was."""
