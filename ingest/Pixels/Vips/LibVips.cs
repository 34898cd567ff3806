using System.Runtime.InteropServices;

namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>
/// First layer: what is imported from libvips 8.14 or later. Operations are built through their properties, so that no C
/// function with variable arguments is called: calling those as fixed-argument functions is undefined on arm64.
/// </summary>
internal static unsafe partial class LibVips
{
    private const string Library = "libvips.so.42";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_init(string programName);

    [LibraryImport(Library)]
    internal static partial int vips_version(int part);

    [LibraryImport(Library)]
    internal static partial void vips_block_untrusted_set(int state);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void vips_operation_block_set(string className, int state);

    [LibraryImport(Library)]
    internal static partial void vips_concurrency_set(int threads);

    [LibraryImport(Library)]
    internal static partial void vips_cache_set_max(int operations);

    [LibraryImport(Library)]
    internal static partial byte* vips_error_buffer();

    [LibraryImport(Library)]
    internal static partial void vips_error_clear();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial VipsOperationHandle vips_operation_new(string nickname);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_object_set_argument_from_string(VipsOperationHandle operation, string name, string value);

    /// <summary>Unlike <c>vips_cache_operation_build</c> it never gives back another caller's operation.</summary>
    [LibraryImport(Library)]
    internal static partial int vips_object_build(VipsOperationHandle operation);

    [LibraryImport(Library)]
    internal static partial void vips_object_unref_outputs(nint operation);

    [LibraryImport(Library)]
    internal static partial nuint vips_image_get_type();

    [LibraryImport(Library)]
    internal static partial nuint vips_blob_get_type();

    [LibraryImport(Library)]
    internal static partial VipsBlobHandle vips_blob_new(nint release, void* data, nuint length);

    [LibraryImport(Library)]
    internal static partial void* vips_blob_get(VipsBlobHandle blob, nuint* length);

    [LibraryImport(Library)]
    internal static partial void vips_area_unref(nint area);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_width(VipsImage image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_height(VipsImage image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_bands(VipsImage image);

    [LibraryImport(Library)]
    internal static partial int vips_image_hasalpha(VipsImage image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_n_pages(VipsImage image);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nuint vips_image_get_typeof(VipsImage image, string field);

    /// <summary>An image over memory of the caller's, which is not copied. Format 0 is a byte for each band.</summary>
    [LibraryImport(Library)]
    internal static partial VipsImage vips_image_new_from_memory(byte* data, nuint length, int width, int height, int bands, int format);

    [LibraryImport(Library)]
    internal static partial VipsRegion vips_region_new(VipsImage image);

    /// <summary>Computes a part of an image; freed with g_free. Null where that fails.</summary>
    [LibraryImport(Library)]
    internal static partial byte* vips_region_fetch(VipsRegion region, int left, int top, int width, int height, nuint* length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_image_get_blob(VipsImage image, string field, byte** data, nuint* length);

    /// <summary>1 to 8, as in Exif; 1 where the image does not say.</summary>
    [LibraryImport(Library)]
    internal static partial int vips_image_get_orientation(VipsImage image);

    /// <summary>0 is one byte for each band, 2 is two.</summary>
    [LibraryImport(Library)]
    internal static partial int vips_image_get_format(VipsImage image);
}
