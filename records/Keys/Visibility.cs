using System.Runtime.CompilerServices;

// The tests try what somebody with the disk would try: the same wrapping, with every secret that is left.
[assembly: InternalsVisibleTo("PhotoGuard.Tests")]
