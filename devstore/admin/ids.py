"""Ids in arguments: of the right kind, or refused."""

from graphql import GraphQLError

from devstore.gids import number


def wanted(text: str, *kinds: str) -> int:
    """The number in a global id of one of ``kinds``. Raises ``GraphQLError`` for the id of something else."""
    try:
        return number(text, *kinds)
    except ValueError as error:
        raise GraphQLError(f"Invalid id: {text}", extensions={"code": "RESOURCE_NOT_FOUND"}) from error
