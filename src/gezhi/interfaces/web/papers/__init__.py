"""Statutory forms: views over the record of a case, on paper, as PDF files and as workbooks. Nothing is entered here."""
