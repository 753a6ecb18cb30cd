"""For tests of sources and of programs that embed shutdownkit."""
