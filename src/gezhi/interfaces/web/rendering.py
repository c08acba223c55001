"""Forms are drawn by the product's own components."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Finds templates as pages do; a field is label, hint, error and control in one block."""

    field_template_name = "web/components/field.html"
