"""Forms: errors on top and at the field, input kept, one submission."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory


class MappingForm(forms.Form):
    name = forms.CharField(label="Name", help_text="You find it again by this.")
    note = forms.CharField(label="Note", required=False)
    rows = forms.ChoiceField(
        label="Rows", choices=[("all", "All"), ("good", "Good")], widget=forms.RadioSelect
    )
    keep = forms.BooleanField(label="Keep it")

    def clean(self):
        raise forms.ValidationError("The whole does not fit.")


def render(form, request):
    source = '{% form form submit="Save" %}{% endform %}'
    return Template(source).render(
        Context({"form": form, "request": request, "csrf_token": "token"})
    )


@pytest.fixture
def empty():
    return render(MappingForm(), RequestFactory().get("/"))


@pytest.fixture
def refused():
    data = {"note": "kept <words>", "submission": "f00d"}
    request = RequestFactory().post("/", data)
    return render(MappingForm(request.POST), request)


def test_a_new_form_has_no_errors_and_says_what_is_optional(empty):
    assert "error-summary" not in empty
    assert empty.count("(optional)") + empty.count("选填") == 1


def test_the_hint_stands_before_the_field_and_is_tied_to_it(empty):
    assert empty.index("id_name_helptext") < empty.index('<input type="text" name="name"')
    assert re.search(r'name="name"[^>]*aria-describedby="id_name_helptext"', empty)


def test_errors_are_listed_on_top_with_links_to_the_inputs(refused):
    summary = refused[refused.index("error-summary") : refused.index("</ul>")]
    assert "data-error-summary" in summary
    assert "The whole does not fit." in summary
    for target in ("id_name", "id_rows_0", "id_keep"):
        assert f'href="#{target}"' in summary
        assert f'id="{target}"' in refused


def test_errors_stand_at_the_field_as_well(refused):
    assert 'id="id_name_error"' in refused
    assert re.search(r'name="name"[^>]*aria-invalid="true"', refused)


def test_what_was_typed_is_kept_and_escaped(refused):
    assert 'value="kept &lt;words&gt;"' in refused


def test_a_submission_keeps_its_name_when_it_comes_back_with_errors(refused):
    assert 'name="submission" value="f00d"' in refused


def test_two_forms_are_two_submissions():
    pages = [render(MappingForm(), RequestFactory().get("/")) for _ in range(2)]
    names = re.findall(r'name="submission" value="(\w{32})"', "".join(pages))
    assert len(set(names)) == len(names) == 2


def test_a_form_with_a_file_is_sent_as_multipart():
    class UploadForm(forms.Form):
        file = forms.FileField(label="File")

    assert "multipart/form-data" in render(UploadForm(), RequestFactory().get("/"))
