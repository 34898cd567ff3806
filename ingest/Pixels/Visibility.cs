using System.Runtime.CompilerServices;

// The tests paint their own pictures with the same binding.
[assembly: InternalsVisibleTo("PhotoGuard.Tests")]
