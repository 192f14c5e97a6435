"""Tables somebody uploads, read; tables somebody downloads, written. No models, memory flat."""
