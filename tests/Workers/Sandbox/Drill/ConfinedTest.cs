using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Workers.Sandbox.Drill;

/// <summary>A method of the tests as the program in the sandbox.</summary>
internal static class ConfinedTest
{
    /// <param name="method">As for <see cref="ChildProgram"/>.</param>
    public static ConfinedProgram Program(Func<string[], Task> method, params string[] arguments)
    {
        var tests = typeof(ConfinedTest).Assembly.Location;
        return new([
            Path.Combine(Executables.DotnetRoot, "dotnet"), "exec", tests,
            method.Method.DeclaringType!.FullName!, method.Method.Name, .. arguments])
        {
            Reads = [Path.GetDirectoryName(tests)!],
        };
    }
}
