"""The command starts and explains itself."""

from click.testing import CliRunner

from gezhi.interfaces.cli.main import main


def test_help_names_the_data_folder():
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "GEZHI_HOME" in result.output
