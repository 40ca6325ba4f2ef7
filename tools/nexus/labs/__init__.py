"""The machinery of the labs: manifests, students' work copies, the checker, and the proof that each lab is honest."""
