"""Messages that leave the city's machine: by mail, by SMS through whatever gateway the city has, and to a browser."""
