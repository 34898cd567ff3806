using System.Runtime.CompilerServices;

// The tests put their own probes into the sandbox.
[assembly: InternalsVisibleTo("PhotoGuard.Tests")]
