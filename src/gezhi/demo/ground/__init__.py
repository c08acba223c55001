"""What lies on the demo city's land: water, rails, roads, buildings, green and landmarks, all made up in metres."""
