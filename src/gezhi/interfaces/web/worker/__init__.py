"""Pages of grid workers, made for the phone."""
