"""Everything that the portal keeps for one organisation, as one ZIP to take along.

``tables`` says what is in it: every table with a tenant, found in the models, so that no new
one is forgotten. What is left out stands in ``reviewed`` with its reason. ``archive`` writes it.
"""
