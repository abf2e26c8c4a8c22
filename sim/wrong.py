"""What goes wrong while something is played."""


class Wrong(Exception):
    """What is not as it should be, in words for people (Vietnamese)."""
