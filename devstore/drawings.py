"""The pictures of what Lamplight sells, drawn for it."""

LAMP = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img" aria-label="A table lamp">
<circle cx="120" cy="98" r="86" fill="#fbdf9a" opacity=".45"/>
<path d="M84 46h72l26 68H58z" fill="#fff7e3" stroke="#c9a15a" stroke-width="3" stroke-linejoin="round"/>
<path d="M116 114h8v70h-8z" fill="#b8893f"/><circle cx="120" cy="140" r="11" fill="#c9a15a"/>
<path d="M82 198c0-9 17-15 38-15s38 6 38 15z" fill="#a87a33"/>
<path d="M150 114v24" stroke="#a87a33" stroke-width="2"/><circle cx="150" cy="141" r="3" fill="#a87a33"/></svg>"""

CHAIR = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img" aria-label="A wooden chair">
<g fill="none" stroke="#9b6f3f" stroke-width="9" stroke-linecap="round" stroke-linejoin="round">
<path d="M78 40v160M160 122v78M78 122h82"/><path d="M78 48c26-10 56-10 74 0v74"/></g>
<path d="M74 112h90l6 16H70z" fill="#d9b98a" stroke="#9b6f3f" stroke-width="3"/>
<path d="M86 64h60M86 84h62" stroke="#c08f57" stroke-width="7" stroke-linecap="round"/>
<path d="M84 168h72" stroke="#9b6f3f" stroke-width="6" stroke-linecap="round"/></svg>"""

SHADE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img" aria-label="A lamp shade">
<path d="M84 66h72l34 110H50z" fill="#dfe6ea" stroke="#7b8d99" stroke-width="3" stroke-linejoin="round"/>
<path d="M97 66 76 176M120 66v110M143 66l21 110" stroke="#b4c2ca" stroke-width="3"/>
<ellipse cx="120" cy="66" rx="36" ry="7" fill="#f5f8fa" stroke="#7b8d99" stroke-width="3"/>
<path d="M50 176c20 10 120 10 140 0" fill="none" stroke="#7b8d99" stroke-width="3"/></svg>"""
