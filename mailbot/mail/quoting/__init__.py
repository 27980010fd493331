"""Tells what a person typed from what came back: our letters, older mail, signatures."""
