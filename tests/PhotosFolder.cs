namespace PhotoGuard.Tests;

/// <summary>The folder of real and hostile pictures, which lies beside the project and is never part of it.</summary>
public static class PhotosFolder
{
    /// <summary>Root of the checkout, found from the test assembly upwards by its solution file.</summary>
    public static string ProjectRoot { get; } = FindRoot();

    /// <summary>Where the pictures are expected.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(ProjectRoot, "..", "shared", "photos"));

    /// <summary>Null where the pictures are there, else why tests that need them are skipped.</summary>
    public static string? WhyAbsent => Directory.Exists(Path) ? null : "the folder ../shared/photos is absent";

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "PhotoGuard.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the project's folder.");
        return folder.FullName;
    }
}

/// <summary>A test that needs the real pictures; counted as skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PhotosFactAttribute : FactAttribute
{
    public PhotosFactAttribute() => Skip = PhotosFolder.WhyAbsent;
}

/// <inheritdoc cref="PhotosFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PhotosTheoryAttribute : TheoryAttribute
{
    public PhotosTheoryAttribute() => Skip = PhotosFolder.WhyAbsent;
}
