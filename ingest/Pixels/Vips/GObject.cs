using System.Runtime.InteropServices;

namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>First layer: the few GObject calls by which images and blobs are put into an operation and taken out.</summary>
internal static unsafe partial class GObject
{
    private const string Library = "libgobject-2.0.so.0";

    /// <summary>GValue: a type and two words of data (gvalue.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Value
    {
        public nuint Type;
        public ulong First;
        public ulong Second;
    }

    [LibraryImport(Library)]
    internal static partial Value* g_value_init(Value* value, nuint type);

    [LibraryImport(Library)]
    internal static partial void g_value_unset(Value* value);

    [LibraryImport(Library)]
    internal static partial void g_value_set_object(Value* value, VipsImage image);

    [LibraryImport(Library)]
    internal static partial void g_value_set_boxed(Value* value, VipsBlobHandle blob);

    [LibraryImport(Library)]
    internal static partial VipsImage g_value_dup_object(Value* value);

    [LibraryImport(Library)]
    internal static partial VipsBlobHandle g_value_dup_boxed(Value* value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_set_property(VipsOperationHandle target, string name, Value* value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_get_property(VipsOperationHandle source, string name, Value* value);

    [LibraryImport(Library)]
    internal static partial void g_object_unref(nint target);

    [LibraryImport("libglib-2.0.so.0")]
    internal static partial void g_free(void* memory);
}
