"""Messages that leave the city's machine: by mail, and by SMS through whatever gateway the city has."""
