"""What the end-to-end tests share: the program under test, and clients that do as they are told."""
