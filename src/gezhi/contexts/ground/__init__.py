"""Ground (底图): what lies under every map: roads, water, green, buildings with their entrances, landmarks."""
