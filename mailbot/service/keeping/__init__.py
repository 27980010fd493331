"""What is kept, copied, handed over and erased."""
