"""The city's working calendar: public to read, kept by the system administrators."""
