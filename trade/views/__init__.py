"""The pages of orders, imports and figures of the organisation one is in."""
