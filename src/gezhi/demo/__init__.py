"""The demo city: Xiangyang's real counties, streets and communities with made-up geometry, people and cases."""
