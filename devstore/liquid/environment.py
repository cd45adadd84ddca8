"""A side of the page: a folder of Liquid with its own snippets, words and assets. The theme is one, an extension another."""

from pathlib import Path

from liquid import BoundTemplate, Environment, Mode, RenderContext
from liquid.exceptions import TemplateNotFoundError
from liquid.loader import BaseLoader, TemplateSource

from devstore.liquid.filters import shop_filters
from devstore.liquid.tags import add_tags
from devstore.liquid.words import Words


class _Folder(BaseLoader):
    """Finds ``{% render 'name' %}`` among the snippets, and whole templates by their path without the ending."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def get_source(
        self,
        env: Environment,  # the loader's signature
        template_name: str,
        *,
        context: RenderContext | None = None,  # as above
        **kwargs: object,  # as above
    ) -> TemplateSource:
        for place in (self._folder / "snippets", self._folder):
            path = place / f"{template_name}.liquid"
            if path.is_file():
                return TemplateSource(path.read_text(encoding="utf-8"), str(path), None)
        raise TemplateNotFoundError(template_name)


class Side:
    """Templates of one folder. Strict: an unknown filter or tag is an error, not silence."""

    def __init__(self, folder: Path, assets: str) -> None:
        """``assets`` is where the folder's files are served, below the shop's root."""
        self.folder = folder
        self.environment = Environment(loader=_Folder(folder), tolerance=Mode.STRICT, strict_filters=True)
        self.environment.filters.update(shop_filters(Words(folder / "locales"), assets))
        add_tags(self.environment)

    def template(self, name: str) -> BoundTemplate:
        """The template at ``name`` (a path below the folder, without ``.liquid``)."""
        return self.environment.get_template(name)
