"""Whose day would move, as shown: just what the movement says."""

from pydantic import RootModel

from backorder.movement import Movement


class MovementShown(RootModel[Movement]):
    """How many waiting lines get an earlier or a later day, how many customers hear of it; ``named`` are the first of them."""
