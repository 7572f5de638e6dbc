"""The main job without people: a school's file goes through the same HTTP doors as people use."""
