"""One module for each plugin of the hub that can be played: its `Peer`, its `Channel`, or both."""
