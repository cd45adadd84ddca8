"""Liquid as a theme knows it: python-liquid with the tags, filters and objects of a Shopify storefront."""

from devstore.liquid.appblock import AppBlock
from devstore.liquid.environment import Side
from devstore.liquid.extension import AppExtension
from devstore.liquid.page import Page

__all__ = ["AppBlock", "AppExtension", "Page", "Side"]
