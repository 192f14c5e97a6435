"""What proves the walls: neighbours who try every door."""
