"""Shopify's tags that Liquid itself does not know: schema, stylesheet, javascript, style, form, and app blocks."""

from typing import TextIO

from liquid import Environment, Node, RenderContext, Tag, Token, TokenStream
from liquid.ast import BlockNode
from liquid.builtin.expressions import Identifier, KeywordArgument, StringLiteral, parse_primitive
from liquid.builtin.tags.render_tag import RenderNode, RenderTag
from liquid.exceptions import LiquidSyntaxError
from liquid.parser import get_parser
from liquid.stringify import to_liquid_string
from liquid.token import TOKEN_COMMA, TOKEN_EOF, TOKEN_TAG

from devstore.liquid.appblock import AppBlock
from devstore.liquid.page import page_of


class _Unseen(Node):
    """Something that leaves no trace where it stands."""

    __slots__ = ()

    def render_to_output(self, _context: RenderContext, _buffer: TextIO) -> int:
        return 0


class SchemaTag(Tag):
    """``{% schema %}``: read by whoever loads the file, unseen in the page."""

    name = "schema"
    end = "endschema"

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        get_parser(self.env).parse_block(stream, frozenset((self.end, TOKEN_EOF)))
        stream.expect(TOKEN_TAG, value=self.end)
        return _Unseen(token)


class _Wrapped(Node):
    __slots__ = ("block", "element")

    def __init__(self, token: Token, element: str, block: BlockNode) -> None:
        super().__init__(token)
        self.element = element
        self.block = block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        buffer.write(f"<{self.element}>")
        self.block.render(context, buffer)
        return buffer.write(f"</{self.element}>")


class _WrappingTag(Tag):
    element = ""

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        block = get_parser(self.env).parse_block(stream, frozenset((self.end, TOKEN_EOF)))
        stream.expect(TOKEN_TAG, value=self.end)
        return _Wrapped(token, self.element, block)


class StylesheetTag(_WrappingTag):
    """``{% stylesheet %}``: Shopify gathers these into one file; here they stand where they are written."""

    name, end, element = "stylesheet", "endstylesheet", "style"


class StyleTag(_WrappingTag):
    name, end, element = "style", "endstyle", "style"


class JavascriptTag(_WrappingTag):
    """``{% javascript %}``: as ``stylesheet``."""

    name, end, element = "javascript", "endjavascript", "script"


class _Form(Node):
    __slots__ = ("arguments", "block", "kind")

    def __init__(self, token: Token, kind: str, arguments: list[KeywordArgument], block: BlockNode) -> None:
        super().__init__(token)
        self.kind = kind
        self.arguments = arguments
        self.block = block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        action = page_of(context).root + FORMS[self.kind]
        given = {
            argument.name: to_liquid_string(argument.value.evaluate(context), autoescape=False)
            for argument in self.arguments
        }
        attributes = "".join(f' {name}="{value}"' for name, value in given.items())
        buffer.write(f'<form method="post" action="{action}" accept-charset="UTF-8"{attributes}>')
        buffer.write(f'<input type="hidden" name="form_type" value="{self.kind}">')
        self.block.render(context, buffer)
        return buffer.write("</form>")


FORMS = {"product": "/cart/add", "cart": "/cart"}


class FormTag(Tag):
    """``{% form 'product', product, id: 'x' %}``: the forms this store's pages answer."""

    name = "form"
    end = "endform"

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        tokens = stream.into_inner(tag=token, eat=False)
        kind = parse_primitive(self.env, tokens)
        if not isinstance(kind, StringLiteral) or kind.value not in FORMS:
            raise LiquidSyntaxError(f"this store has the forms {', '.join(FORMS)}", token=token)
        if tokens.current.kind == TOKEN_COMMA and tokens.peek.kind != TOKEN_EOF:
            tokens.next()
            if tokens.peek.kind not in {"COLON", "ASSIGN"}:  # the object the form is about
                parse_primitive(self.env, tokens)
        arguments = KeywordArgument.parse(self.env, tokens)
        next(stream)
        block = get_parser(self.env).parse_block(stream, frozenset((self.end, TOKEN_EOF)))
        stream.expect(TOKEN_TAG, value=self.end)
        return _Form(token, kind.value, arguments, block)


class _RenderOrBlock(RenderNode):
    """``{% render 'snippet' %}``, or ``{% render block %}`` where the theme lets apps in."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if not isinstance(self.name, Identifier):
            return super().render_to_output(context, buffer)
        block = context.resolve(self.name, token=self.token, default=None)
        if not isinstance(block, AppBlock):
            raise LiquidSyntaxError(f"{self.name} is no app block", token=self.token)
        inner = context.copy({"block": block.facts()}, disabled_tags=["include"], template=block.template)
        block.template.render_with_context(inner, buffer, partial=True, block_scope=True)
        return 1


class ShopRenderTag(RenderTag):
    node_class = _RenderOrBlock


TAGS: tuple[type[Tag], ...] = (SchemaTag, StylesheetTag, StyleTag, JavascriptTag, FormTag, ShopRenderTag)


def add_tags(environment: Environment) -> None:
    """Teach an environment all of them."""
    for tag in TAGS:
        environment.add_tag(tag)
