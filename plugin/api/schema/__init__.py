"""What may be asked of the API: the bodies and queries, validated strictly, in files named as those of the endpoints that read them.

``/api/openapi.json`` is made from these.
"""
