"""Statutory forms: views over the record of a case, on paper and as workbooks. Nothing is entered here."""
