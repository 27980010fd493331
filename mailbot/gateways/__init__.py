"""The edges: SMTP in and out, the web page, the scheduler, the clock. No decision is made here."""
