using System.Runtime.CompilerServices;

// The tests and the measurements paint their own pictures with the same binding.
[assembly: InternalsVisibleTo("PhotoGuard.Tests")]
[assembly: InternalsVisibleTo("PhotoGuard.Benchmarks")]
