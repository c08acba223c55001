"""Pages of the city operations centre: figures first."""
