"""Fixtures of the scenarios: the receiver of what leaves the hub."""

from world import integration

receiver = integration.receiver
