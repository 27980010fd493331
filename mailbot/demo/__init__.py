"""The sandbox: a post office on loopback and a whole sample campaign."""
