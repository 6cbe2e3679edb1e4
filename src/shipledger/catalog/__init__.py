"""Services, repositories, issues, environments and their relations."""
