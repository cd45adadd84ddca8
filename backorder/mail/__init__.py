"""Writing letters to customers and handing them to a mail relay.

The law of this room: it imports the standard library, Jinja and ``backorder.rules``, nothing else.
It is *given* the facts of a letter and never looks one up; it knows no shop, no database, no clock.

``letter``     what a letter says, as frozen facts that refuse to be incomplete
``render``     those facts as a subject, a text and an HTML page
``compose``    the whole message, addressed and identified
``post``       handing it over, and what became of it (``outcome``)
"""
