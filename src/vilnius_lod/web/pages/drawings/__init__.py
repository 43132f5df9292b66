"""Maps and the timeline, as shapes for SVG."""
