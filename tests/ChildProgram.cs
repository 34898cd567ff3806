using System.Diagnostics;
using System.Reflection;

namespace PhotoGuard.Tests;

/// <summary>
/// Runs a method of the tests in a process of its own, which a test can kill as a power cut would. The child is this assembly, whose
/// entry point this is; test runners do not use it.
/// </summary>
public static class ChildProgram
{
    /// <summary>Starts a static <c>Task Method(string[] arguments)</c>; its input and output are redirected.</summary>
    public static Process Start(Func<string[], Task> method, params string[] arguments)
    {
        var program = typeof(ChildProgram).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [program, method.Method.DeclaringType!.FullName!, method.Method.Name, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    internal static Task Main(string[] line) =>
        typeof(ChildProgram).Assembly.GetType(line[0], throwOnError: true)!
            .GetMethod(line[1], BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .CreateDelegate<Func<string[], Task>>()(line[2..]);
}
