"""A Shopify store that lives on your machine: the real Admin API schema over shops kept in memory."""
